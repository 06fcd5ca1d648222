"""Another attention for a while: the decoder has its own again afterwards, in every family."""

import pytest

from amarathon.doctor.attention import attention_implementation
from tests.models.families.tiny import TINY, tiny


@pytest.mark.parametrize("own", ["eager", "sdpa"])
@pytest.mark.parametrize("family", TINY)
def test_the_decoder_attends_as_before_when_it_was_examined(family, own):
    lm = tiny(family, own)
    for name in ("sdpa", "eager"):
        with attention_implementation(lm.model, name):
            assert lm.identity.attention == name
        assert lm.identity.attention == own
