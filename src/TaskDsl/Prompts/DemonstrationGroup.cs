namespace TaskDsl.Prompts;

/// <summary>What no two demonstrations have in common.</summary>
public enum DemonstrationGroup
{
    /// <summary>Their language, which is not the question's either.</summary>
    Language,
}
