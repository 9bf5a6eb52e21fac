using System.Text.Json;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Shapes.Reading;

/// <summary>
/// A list of turns; the last one is the answer. Its columns are <c>system</c>, <c>user</c> (the question, where there is one alone) and
/// <c>dialogue</c> (all the turns before the answer, a line <c>role: text</c> each). The task's only input field is read from <c>user</c>.
/// </summary>
public abstract record Conversation : Shape
{
    private const string Roles = "system, user (human), assistant (gpt)";

    /// <inheritdoc/>
    public sealed override string Prompt => "user";

    /// <summary>The record's list of turns.</summary>
    protected abstract string Turns { get; }

    /// <summary>The turn's property that says who speaks.</summary>
    protected abstract string Speaker { get; }

    /// <summary>The turn's property that says what.</summary>
    protected abstract string Words { get; }

    /// <inheritdoc/>
    public sealed override ShapedRecord Open(JsonElement record, IReadOnlyList<string> ignore)
    {
        if (!record.TryGetProperty(Turns, out var list))
            throw new RecordException(Turns, "nothing", "a list of turns: the field is missing");
        if (list.ValueKind != JsonValueKind.Array)
            throw new RecordException(Turns, Texts.Describe(list), "a list of turns");
        // A system's turn that is empty, as exports write it where there is none, is none.
        List<(string Role, string Text)> turns =
        [
            .. list.EnumerateArray()
                .Select((turn, i) => Turn(turn, $"{Turns}[{i}]", ignore))
                .Where(t => t.Role != "system" || t.Text.Length > 0),
        ];
        if (turns.Count < 2 || turns[^1].Role != "assistant" || !turns.Exists(t => t.Role == "user"))
            throw new RecordException(
                Turns,
                turns.Count == 0
                    ? "no turns"
                    : $"turns of {string.Join(", ", turns.Take(8).Select(t => t.Role))}{(turns.Count > 8 ? ", …" : "")}",
                "a user's turn and, last, the assistant's"
            );

        var before = turns[..^1];
        var columns = new Dictionary<string, string?>
        {
            ["system"] = before.Exists(t => t.Role == "system")
                ? string.Join('\n', before.Where(t => t.Role == "system").Select(t => t.Text))
                : null,
            ["user"] = Question(before),
            ["dialogue"] = string.Join('\n', before.Where(t => t.Role != "system").Select(t => $"{t.Role}: {t.Text}")),
        };
        return new ShapedRecord(turns[^1].Text, $"{Turns}[{list.GetArrayLength() - 1}].{Words}", columns, [Turns]);
    }

    /// <inheritdoc/>
    protected override string Expected(string column) =>
        column == "user" ? "one question before the answer ('dialogue' is the column of all the turns)" : "a text";

    // Reading one question of several would lose the others.
    private static string? Question(List<(string Role, string Text)> before) =>
        before.Where(t => t.Role != "system").ToList() is [("user", var only)] ? only : null;

    private (string Role, string Text) Turn(JsonElement turn, string path, IReadOnlyList<string> ignore)
    {
        if (turn.ValueKind != JsonValueKind.Object)
            throw new RecordException(path, Texts.Describe(turn), $"an object with {Speaker} and {Words}");
        foreach (var property in turn.EnumerateObject())
            if (
                property.Name != Speaker
                && property.Name != Words
                && property.Value.ValueKind != JsonValueKind.Null
                && !ignore.Contains(property.Name)
            )
                throw new RecordException(
                    $"{path}.{property.Name}",
                    "a field that is not declared",
                    $"{Speaker} and {Words} (one that is not wanted is listed under 'ignore')"
                );
        var speaker = Text(turn, Speaker, path);
        var role = speaker switch
        {
            "human" or "user" => "user",
            "gpt" or "assistant" or "chatgpt" or "model" => "assistant",
            "system" or "developer" => "system",
            _ => throw new RecordException(
                $"{path}.{Speaker}",
                RecordPath.Quote(speaker),
                $"one of {Roles}{NearestWord.Suggestion(speaker, ["system", "user", "human", "assistant", "gpt"])}"
            ),
        };
        var text = Text(turn, Words, path);
        return !Texts.IsBlank(text) ? (role, text)
            : role == "system" ? (role, "")
            : throw new RecordException($"{path}.{Words}", Texts.DescribeBlank(text), $"what the {role} says");
    }

    private static string Text(JsonElement turn, string name, string path) =>
        (turn.TryGetProperty(name, out var value) ? Texts.Of(value, $"{path}.{name}") : null)
        ?? throw new RecordException($"{path}.{name}", "nothing", "a text");
}
