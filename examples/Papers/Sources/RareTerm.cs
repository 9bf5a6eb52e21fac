namespace Papers.Sources;

/// <summary>Which rare term stands among the words.</summary>
public enum RareTerm
{
    /// <summary>None.</summary>
    None,

    /// <summary>One of the hundred that are learnt.</summary>
    Known,

    /// <summary>One of the hundred that are not.</summary>
    Fresh,

    /// <summary>In half of the records a word that is new each time, with its entry.</summary>
    Random,
}
