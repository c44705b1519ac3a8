"""The watch over a folder's fault runs: what it writes, what it finds, what it must not read."""

import numpy as np

from bench.faults import Block, FaultsConfig, cut_blocks, run
from bench.folder import read_folder

from .kiln import Kiln, episodes


def test_a_shifted_tag_is_found_and_no_label_is_read(kiln: Kiln) -> None:
    rng = np.random.default_rng(9)
    for name, moves in (("normal", 0.08), ("val", 0.08), ("steady", 0.0)):
        kiln.files[name] = episodes(rng, 2, 240, moves)
    faults = kiln.files["faults"] | episodes(rng, 4, 200, 0.0)
    faults["obs"][1, 100:, 2] += 1.0
    kiln.files["faults"] = {name: faults[name] for name in ("obs", "act", "moving")}
    out = kiln.path.parent / "scores.npz"
    run(kiln.write(), out, config=FaultsConfig(folds=2, block=240))
    with np.load(out) as written:
        score = written["score"]
        assert float(written["threshold_steady"]) == float(written["threshold_moving"]) == 1.0
    assert score.shape == (4, 200)
    assert np.isfinite(score).all()
    assert (score[1, 120:] > 1).mean() > 0.9
    assert (score[[0, 2, 3]] > 1).mean() < 0.1


def test_every_row_of_the_log_is_left_out_once(kiln: Kiln) -> None:
    log = read_folder(kiln.write()).train
    blocks = list(cut_blocks(log, 130, 5))
    for i, window in enumerate(log):
        own = [block for block in blocks if block.run == i]
        assert [row for block in own for row in range(block.start, block.end)] == list(range(len(window)))
    assert blocks[0] == Block(0, 0, 133, 0)
    assert {block.fold for block in blocks} == set(range(5))
