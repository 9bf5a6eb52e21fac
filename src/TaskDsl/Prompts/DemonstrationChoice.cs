namespace TaskDsl.Prompts;

/// <summary>Which examples are shown.</summary>
public enum DemonstrationChoice
{
    /// <summary>Drawn by the seed.</summary>
    Random,

    /// <summary>The first of the training part, whatever the seed.</summary>
    Fixed,
}
