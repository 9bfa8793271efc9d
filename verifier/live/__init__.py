"""The live call: a peer on this computer, a recording that survives a kill, provisional findings, prompts."""
