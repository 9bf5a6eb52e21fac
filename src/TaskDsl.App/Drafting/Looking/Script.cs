namespace TaskDsl.App.Drafting.Looking;

/// <summary>The scripts that a language is told by.</summary>
internal enum Script
{
    /// <summary>Latin letters, of many languages.</summary>
    Latin,

    /// <summary>Chinese characters.</summary>
    Han,

    /// <summary>Hiragana and katakana.</summary>
    Kana,

    /// <summary>Korean letters.</summary>
    Hangul,

    /// <summary>Cyrillic letters.</summary>
    Cyrillic,

    /// <summary>Arabic letters.</summary>
    Arabic,

    /// <summary>Greek letters.</summary>
    Greek,

    /// <summary>Hebrew letters.</summary>
    Hebrew,

    /// <summary>Thai letters.</summary>
    Thai,

    /// <summary>Devanagari.</summary>
    Devanagari,
}
