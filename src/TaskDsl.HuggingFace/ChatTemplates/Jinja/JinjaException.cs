namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>A place in a template; both count from 1.</summary>
internal readonly record struct Position(int Line, int Column);

/// <summary>A template that cannot be read or rendered; the text says what is wrong, the numbers where.</summary>
internal sealed class JinjaException(Position at, string message) : Exception(message)
{
    public Position At { get; } = at;
}
