namespace TaskDsl.Codecs;

/// <summary>What edits count a text by.</summary>
public enum EditUnit
{
    /// <summary>
    /// A run of letters and digits, or a sign that is none, each with the white space before it; in a script without spaces each letter.
    /// </summary>
    Word,

    /// <summary>A character.</summary>
    Character,

    /// <summary>A line with the line break that ends it.</summary>
    Line,
}
