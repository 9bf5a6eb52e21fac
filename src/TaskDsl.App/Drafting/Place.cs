namespace TaskDsl.App.Drafting;

/// <summary>Where in the files of a draft a comment stands.</summary>
internal enum Place
{
    /// <summary>At the head of the task.</summary>
    Head,

    /// <summary>Above the fields of the input.</summary>
    Input,

    /// <summary>Above the field of the output.</summary>
    Output,

    /// <summary>Above the labels.</summary>
    Labels,

    /// <summary>Above the sources.</summary>
    Examples,

    /// <summary>Above the split.</summary>
    Split,

    /// <summary>Above the stages.</summary>
    Stages,

    /// <summary>Above what happens to records that do not fit.</summary>
    BadRecords,

    /// <summary>Above the batch, in the recipe.</summary>
    Batch,
}
