"""合规 Hegui: meet China's generative-AI rules, prove it, and keep proving it.

Start from one object::

    from hegui.workspace import Workspace

    with Workspace.open("my-service") as workspace:
        ...

Importing ``hegui`` alone loads neither a web nor a data library.
"""

__version__ = "0.1.0"
