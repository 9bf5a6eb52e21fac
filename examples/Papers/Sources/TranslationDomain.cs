namespace Papers.Sources;

/// <summary>Whose words are meant.</summary>
public enum TranslationDomain
{
    /// <summary>No domain's.</summary>
    General,

    /// <summary>Lawyers'.</summary>
    Law,

    /// <summary>Physicians'.</summary>
    Medicine,

    /// <summary>One of the three, drawn for each record.</summary>
    Any,
}
