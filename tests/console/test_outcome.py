"""The rows of the tables beneath a scenario's curves."""

from datetime import timedelta

from api.console.outcome import kpi_row, risk_row
from twin.scenario import Hazard, KpiEffect, LimitRisk


def test_a_key_figure_is_shown_with_both_levels_and_the_interval_of_its_effect():
    kpi = KpiEffect(
        name="cost", unit="$/h", description="Cost", baseline=170.5, scenario=160.0, effect=-10.5, p05=-12.0, p95=-9.0
    )
    assert kpi_row(kpi) == {
        "what": "Cost",
        "baseline": "170.5 $/h",
        "scenario": "160 $/h",
        "effect": "−10.5 $/h",
        "interval": "−12 … −9 $/h",
    }


def test_the_time_to_a_limit_is_shown_where_half_of_the_futures_reach_it():
    hazard = Hazard(per_step=(0.0, 0.6), p05=timedelta(minutes=6), p50=timedelta(minutes=90), p95=None)
    risk = LimitRisk(tag="level", unit="%", limit="hi", value=90, baseline=0.0, scenario=0.6, scenario_hazard=hazard)
    assert risk_row(risk)["within"] == "1 h 30 min"
    assert risk_row(risk.model_copy(update={"scenario_hazard": None}))["within"] == ""
    assert (
        risk_row(risk.model_copy(update={"scenario_hazard": hazard.model_copy(update={"p50": None})}))["within"] == ""
    )
