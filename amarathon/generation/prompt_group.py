"""Configurations that read the same prompt: answered one after the other, or together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from amarathon.compression import Configuration
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.prefix import Prefix
from amarathon.errors import AmarathonError
from amarathon.generation.decoding import Branch, GreedyDecoder
from amarathon.generation.outcome import Outcome, Progress, Written
from amarathon.models.memory import memory_errors

# Replies written at a time. Their caches are all there at once, so more would ask for more memory.
TOGETHER = 8


@dataclass(frozen=True)
class PromptGroup:
    """Configurations that read one embedded prompt, and how their replies are written.

    Attributes
    ----------
    decoder : GreedyDecoder
        Of that prompt.
    """

    decoder: GreedyDecoder

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
                    for step in self.decoder.generate(configuration, prefix):
                        if isinstance(step, Outcome):
                            yield step
                        else:
                            yield self._writing(configuration.name, step, done, total)
            except AmarathonError as error:
                yield Outcome(configuration.name, error=str(error))
            done += 1

    def together(
        self, configurations: list[Configuration], done: int, total: int, prefix: Prefix
    ) -> Iterator[Progress | Outcome]:
        """Continue each configuration from what they have in common, and write their replies together.

        Models whose layers differ write one reply after the other. Parameters as of `one_by_one`.
        """
        if not LayerPlan.of(self.decoder.model.model.config).uniform:
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
                    for step in self.decoder.write_together(writing):
                        yield self._writing(first, step, done, total)
            except AmarathonError as error:
                fault = str(error)
            over = [branch for branch in writing if fault or self.decoder.is_over(branch)]
            writing = [branch for branch in writing if branch not in over]
            done += len(over)
            for branch in over:
                name = branch.report.configuration
                yield Outcome(name, error=fault) if fault else branch.outcome(self.decoder.model)

    def warm_up(self, configuration: Configuration, prefix: Prefix | None) -> None:
        """Answer in two tokens, which are thrown away."""
        with memory_errors("answer at all"):
            list(replace(self.decoder, max_new_tokens=2).generate(configuration, prefix))

    def _writing(self, name: str, written: Written, done: int, total: int) -> Progress:
        share = written.tokens / self.decoder.max_new_tokens
        return Progress(name, "decode", done, total, share, written.text, written.tokens)

    def _begin(self, configuration: Configuration, prefix: Prefix) -> Branch:
        with memory_errors(f"answer under {configuration.name}"):
            return self.decoder.begin(configuration, prefix)
