namespace TaskDsl.Tasks;

/// <summary>How an output is written as text and read back. Each format is one codec.</summary>
public enum OutputFormat
{
    /// <summary>The one text field as it is.</summary>
    Text,

    /// <summary>The one label's surface form.</summary>
    Label,

    /// <summary>The chosen labels' surface forms, one a line.</summary>
    Labels,

    /// <summary>All fields as one JSON object on one line.</summary>
    Json,

    /// <summary>The items of the one list, one a line.</summary>
    Lines,

    /// <summary>The entities, one a line, as <c>kind: text</c>.</summary>
    Entities,
}
