"""Trains a plant of several units: a world model for each."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from models.course import Keeper, NoKeeper, Progress, TrainingConfig
from models.training import fit
from models.world.units import UnitModels
from twin.errors import InvalidInput
from twin.plant import Plant
from twin.window import Window


def unit_plants(plant: Plant, assets: Sequence[str]) -> tuple[Plant, ...]:
    """A plant of its own for each of these assets, with its tags, and the gains that stay inside.

    Raises InvalidInput for a name that is no asset, and for a tag in none of them; UnitModels refuses one in two.
    """
    known = [asset.name for asset in plant.assets]
    if strange := [asset for asset in assets if asset not in known]:
        raise InvalidInput(
            f"{plant.name} has no asset {strange[0]!r}, only {', '.join(known)}",
            field="units",
            value=strange[0],
            limit=known,
        )
    units = [plant.tags_of(asset) for asset in assets]
    inside = {tag.name for tags in units for tag in tags}
    if left := [tag.name for tag in plant.tags if tag.name not in inside]:
        raise InvalidInput(f"{', '.join(left[:5])} belong to none of {', '.join(assets)}", field="asset", value=left)
    return tuple(_unit(plant, asset, {tag.name for tag in tags}) for asset, tags in zip(assets, units, strict=True))


def fit_units(
    train: Sequence[Window],
    held_back: Sequence[Window],
    plant: Plant,
    assets: Sequence[str],
    config: TrainingConfig | None = None,
    progress: Progress = lambda done: None,
    keeper: Callable[[str], Keeper] = lambda asset: NoKeeper(),
) -> UnitModels:
    """A world model for each of these assets, one after another, see `models.training.fit`; joined as the plant's.

    `keeper` gives what keeps the unfinished training of an asset's model.
    """
    plants = unit_plants(plant, assets)
    models = []
    for done, (asset, unit) in enumerate(zip(assets, plants, strict=True)):

        def share(part: float, done: int = done) -> None:
            progress((done + part) / len(plants))

        models.append(fit(train, held_back, unit, config, share, keeper(asset)))
    return UnitModels(plant, models)


def _unit(plant: Plant, asset: str, names: set[str]) -> Plant:
    gains = tuple(gain for gain in plant.gains if {gain.move, gain.tag} <= names)
    tags = tuple(tag for tag in plant.tags if tag.name in names)
    return replace(plant, name=f"{plant.name}/{asset}", tags=tags, gains=gains)
