namespace TaskDsl.Generators.Columns;

/// <summary>Scripts that tell languages apart.</summary>
[Flags]
public enum Scripts
{
    None = 0,
    Latin = 1,
    Han = 2,
    Kana = 4,
    Hangul = 8,
    Cyrillic = 16,
    Greek = 32,
    Arabic = 64,
    Hebrew = 128,
    Devanagari = 256,
    Thai = 512,
}
