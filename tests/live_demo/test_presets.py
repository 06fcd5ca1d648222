from amarathon.compression import METHODS, parse_configurations
from amarathon.compression.grids import GRIDS
from live_demo.limits import MOST_CONFIGURATIONS
from live_demo.presets import DEFAULTS, amounts, method_list, presets, shares


def test_presets_are_configurations_that_can_be_compared_at_once():
    for preset in presets():
        names = [
            configuration.name for configuration in parse_configurations(["vanilla", *preset.configurations])
        ]
        assert names == ["vanilla", *preset.configurations], preset.name
        assert len(names) <= MOST_CONFIGURATIONS
        assert preset.title
        assert preset.does.endswith(".")


def test_the_quick_preset_has_six_and_the_papers_has_its_grid():
    found = {preset.name: preset.configurations for preset in presets()}
    assert len(found["quick"]) == 6
    assert ("vanilla", *found["paper"]) == GRIDS["paper"]


def test_every_method_is_explained_and_offered_with_amounts_that_it_takes():
    for method in method_list():
        assert method["summary"].endswith("."), method["name"]
        assert parse_configurations([f"{method['name']}@{amount}" for amount in method["amounts"]])
    assert shares() == ("0.3", "0.5", "0.6", "0.7", "0.9")


def test_defaults_are_offered_in_the_grid():
    offered = {f"{name}@{amount}" for name, method in METHODS.items() for amount in amounts(method)}
    assert set(DEFAULTS) <= offered
