namespace TaskDsl.Vocabulary;

/// <summary>A value that the compiler makes of a text in the YAML; no text can make one in a running program.</summary>
public interface IExpression
{
    /// <summary>The text in the YAML.</summary>
    string Text { get; }
}
