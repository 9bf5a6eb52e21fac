namespace TaskDsl.Prompts;

/// <summary>In which order examples are shown.</summary>
public enum DemonstrationOrder
{
    /// <summary>As they are drawn.</summary>
    Drawn,

    /// <summary>As they stand in the training part.</summary>
    File,
}
