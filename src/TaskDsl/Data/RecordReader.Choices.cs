using System.Text.Json;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

// Options of the record's own.
public ref partial struct RecordReader
{
    /// <summary>Reads a choice: in data the text of an option, in an answer its letter.</summary>
    public readonly string ReadChoice() =>
        json.TokenType == JsonTokenType.String
            ? NotBlank(String(), "choice")
            : throw Wrong(
                answer ? "the letter of an option"
                : json.TokenType == JsonTokenType.StartArray ? "the text of one option (a field with any_of: true takes several)"
                : "the text of an option, and not its number"
            );

    /// <summary>Reads a choice of which several may be right: in data the texts of options, or of one; in an answer a letter.</summary>
    public ValueList<string> ReadChoices()
    {
        if (answer || json.TokenType != JsonTokenType.StartArray)
            return [ReadChoice()];
        BeginList("the texts of options");
        var right = new List<string>();
        while (NextItem())
        {
            var text = ReadChoice();
            if (right.Contains(text))
                throw Error("", $"{RecordPath.Quote(text)} a second time", "each right option once");
            right.Add(text);
        }

        return right.Count > 0 ? [.. right] : throw Error("", "no option", "at least one that is right");
    }
}
