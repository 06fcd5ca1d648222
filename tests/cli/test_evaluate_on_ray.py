import os

from tests.cli.test_evaluate import command, dataset

__all__ = ["command", "dataset"]


def test_the_command_shards_over_ray_workers(command, dataset, tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "RAY_ADDRESS"}
    arguments = ["--dataset", dataset, "--limit", 2, "--engine", "ray", "--workers", 1]
    process = command("evaluate", *arguments, "--out", tmp_path / "run", env=environment)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    # One of the two is silent.
    assert "1 answers of 2, 1 failed" in output
    assert '"engine": "ray"' in (tmp_path / "run" / "run.json").read_text()


def test_a_cluster_out_of_reach_is_one_sentence(command, dataset, tmp_path):
    environment = os.environ | {"RAY_ADDRESS": "127.0.0.1:1"}
    process = command(
        "evaluate", "--dataset", dataset, "--engine", "ray", "--out", tmp_path / "run", env=environment
    )
    _, errors = process.communicate()
    assert process.returncode == 1
    sentence = errors.strip().splitlines()[-1]
    assert sentence.startswith("amarathon: The Ray cluster 127.0.0.1:1 cannot be reached")
