"""Configurations that read the same prompt: answered one after the other, or together."""

from collections.abc import Iterator
from dataclasses import dataclass

from amarathon.compression import Configuration
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.prefix import Prefix
from amarathon.errors import AmarathonError
from amarathon.generation.decoding import Branch, begin, generate, write_together
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from amarathon.generation.outcome import Outcome, Progress
from amarathon.models.memory import memory_errors
from amarathon.models.open_model import OpenModel

# Replies written at a time. Their caches are all there at once, so more would ask for more memory.
TOGETHER = 8


@dataclass(frozen=True)
class PromptGroup:
    """One embedded prompt, and how its replies are written.

    Attributes
    ----------
    model : OpenModel
    embedded : EmbeddedPrompt
    max_new_tokens : int
    seed : int
        Of random methods, for this recording.
    encoder_s : float
        What features and encoder took.
    """

    model: OpenModel
    embedded: EmbeddedPrompt
    max_new_tokens: int
    seed: int
    encoder_s: float

    def one_by_one(
        self, configurations: list[Configuration], done: int, total: int, prefix: Prefix | None = None
    ) -> Iterator[Progress | Outcome]:
        """Answer each configuration when the one before has its reply.

        Parameters
        ----------
        configurations : list of Configuration
        done, total : int
            Configurations finished before these, and requested in all.
        prefix : Prefix, optional
            What they have in common, to continue from.
        """
        for configuration in configurations:
            yield Progress(configuration.name, "prefill", done, total)
            try:
                with memory_errors(f"answer under {configuration.name}"):
                    for step in self._generate(configuration, self.max_new_tokens, prefix):
                        if isinstance(step, Outcome):
                            yield step
                        else:
                            share = step / self.max_new_tokens
                            yield Progress(configuration.name, "decode", done, total, share)
            except AmarathonError as error:
                yield Outcome(configuration.name, error=str(error))
            done += 1

    def together(
        self, configurations: list[Configuration], done: int, total: int, prefix: Prefix
    ) -> Iterator[Progress | Outcome]:
        """Continue each configuration from what they have in common, and write their replies together.

        Models whose layers differ write one reply after the other. Parameters as of `one_by_one`.
        """
        if not LayerPlan.of(self.model.model.config).uniform:
            yield from self.one_by_one(configurations, done, total, prefix)
            return
        waiting, writing = list(configurations), list[Branch]()
        while waiting or writing:
            if waiting and len(writing) < TOGETHER:
                configuration = waiting.pop(0)
                yield Progress(configuration.name, "prefill", done, total)
                try:
                    writing.append(self._begin(configuration, prefix))
                except AmarathonError as error:
                    yield Outcome(configuration.name, error=str(error))
                    done += 1
                continue
            first, fault = writing[0].report.configuration, None
            try:
                with memory_errors(f"write {len(writing)} replies together"):
                    for count in self._write(writing):
                        yield Progress(first, "decode", done, total, count / self.max_new_tokens)
            except AmarathonError as error:
                fault = str(error)
            over = [branch for branch in writing if fault or branch.is_over(self.model, self.max_new_tokens)]
            writing = [branch for branch in writing if branch not in over]
            done += len(over)
            for branch in over:
                name = branch.report.configuration
                yield Outcome(name, error=fault) if fault else branch.outcome(self.model)

    def warm_up(self, configuration: Configuration, prefix: Prefix | None) -> None:
        """Answer in two tokens, which are thrown away."""
        with memory_errors("answer at all"):
            list(self._generate(configuration, 2, prefix))

    def _generate(
        self, configuration: Configuration, max_new_tokens: int, prefix: Prefix | None
    ) -> Iterator[int | Outcome]:
        return generate(
            self.model,
            self.embedded,
            configuration,
            max_new_tokens=max_new_tokens,
            seed=self.seed,
            encoder_s=self.encoder_s,
            prefix=prefix,
        )

    def _begin(self, configuration: Configuration, prefix: Prefix) -> Branch:
        with memory_errors(f"answer under {configuration.name}"):
            return begin(
                self.model,
                self.embedded,
                configuration,
                max_new_tokens=self.max_new_tokens,
                seed=self.seed,
                encoder_s=self.encoder_s,
                prefix=prefix,
            )

    def _write(self, branches: list[Branch]) -> Iterator[int]:
        return write_together(self.model, self.embedded, branches, max_new_tokens=self.max_new_tokens)
