"""Every compression method, one line each; everything else reads this list."""

from collections.abc import Mapping

from amarathon.compression.methods.adakv import AdaKV
from amarathon.compression.methods.atome import ATome
from amarathon.compression.methods.base import EvictionMethod, Method, PruningMethod
from amarathon.compression.methods.boundaries import Boundaries
from amarathon.compression.methods.budget import budget
from amarathon.compression.methods.change import Change
from amarathon.compression.methods.dart import Dart
from amarathon.compression.methods.downsample import Downsample
from amarathon.compression.methods.expected import ExpectedAttention
from amarathon.compression.methods.fastv import FastV
from amarathon.compression.methods.frame import Frame
from amarathon.compression.methods.headrouter import HeadRouter
from amarathon.compression.methods.keydiff import KeyDiff
from amarathon.compression.methods.knorm import KNorm
from amarathon.compression.methods.plugins import Methods
from amarathon.compression.methods.pool import Pool
from amarathon.compression.methods.pooling import PoolingMethod
from amarathon.compression.methods.pyramid import PyramidKV
from amarathon.compression.methods.random import Random
from amarathon.compression.methods.randomkv import RandomKV
from amarathon.compression.methods.segmentwise import SegmentWise
from amarathon.compression.methods.snapkv import SnapKV
from amarathon.compression.methods.streaming import StreamingLLM
from amarathon.compression.methods.tova import Tova

METHODS: Mapping[str, type[Method]] = Methods(
    (
        Pool,
        Downsample,
        Boundaries,
        Frame,
        Change,
        Random,
        FastV,
        Dart,
        HeadRouter,
        SegmentWise,
        ATome,
        RandomKV,
        KNorm,
        Tova,
        SnapKV,
        StreamingLLM,
        KeyDiff,
        ExpectedAttention,
        PyramidKV,
        AdaKV,
    )
)

__all__ = ["METHODS", "EvictionMethod", "Method", "PoolingMethod", "PruningMethod", "budget"]
