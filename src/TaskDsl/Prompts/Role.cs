namespace TaskDsl.Prompts;

/// <summary>Who says a message.</summary>
public enum Role
{
    /// <summary>The standing instruction.</summary>
    System,

    /// <summary>The one who asks.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,
}
