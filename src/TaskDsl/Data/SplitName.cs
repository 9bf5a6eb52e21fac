namespace TaskDsl.Data;

/// <summary>The parts that examples are divided into.</summary>
public enum SplitName
{
    /// <summary>What is trained on.</summary>
    Train,

    /// <summary>What a run is watched on while it trains: the best checkpoint is chosen by it.</summary>
    Validation,

    /// <summary>What the result is measured on; never seen before.</summary>
    Test,
}
