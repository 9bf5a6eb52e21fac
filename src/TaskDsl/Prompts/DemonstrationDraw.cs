namespace TaskDsl.Prompts;

/// <summary>How often a measurement draws the examples that it shows.</summary>
public enum DemonstrationDraw
{
    /// <summary>Once for all questions of a language.</summary>
    Run,

    /// <summary>For each question.</summary>
    Question,
}
