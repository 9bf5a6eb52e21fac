using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Groupings;

/// <summary>
/// A model for each value that an input field has in the training part, as <c>{values_of: project}</c>: the training is repeated on the
/// examples of each value alone (as Zlotchevski et al., arXiv 2208.13928, do for projects), and each example is answered by the model of
/// its value. Every task of the recipe has the field.
/// </summary>
[Keyword("values_of")]
public sealed record ValuesOf : Grouping
{
    private const int LongestName = 200; // Bytes; a file system's names have at most 255.

    /// <summary>The field.</summary>
    [Shorthand, FieldName("text", "string", "label")]
    public required string Field { get; init; }

    /// <summary>The value that an input has; null where it is empty.</summary>
    public string? ValueIn(DslTask task, object input)
    {
        ArgumentNullException.ThrowIfNull(task);
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        using var json = JsonDocument.Parse(utf8.WrittenMemory);
        return json.RootElement.TryGetProperty(Field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() is { } text && !string.IsNullOrWhiteSpace(text)
                ? text
                : null
            : null;
    }

    /// <summary>
    /// What the model of a value is called: <c>project=p01</c>. What no folder's name should have is written as in a URL, and a long value
    /// ends in a hash, so that no two values have one name.
    /// </summary>
    public string NameOf(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var name = new StringBuilder(Field).Append('=');
        foreach (var rune in value.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or '.')
                name.Append(rune);
            else
                foreach (var unit in Encoding.UTF8.GetBytes(rune.ToString()))
                    name.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        var whole = name.ToString();
        if (Encoding.UTF8.GetByteCount(whole) <= LongestName)
            return whole;
        var head = string.Concat(whole.EnumerateRunes().Take(LongestName / 5));
        return $"{head}~{XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(value)):x32}";
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, IReadOnlyList<TaskShare> Tasks)> Models(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return [(recipe.Name, recipe.Tasks)]; // How many there are, the examples say.
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (recipe.Tasks.Count == 0)
            yield return $"without tasks there are no values of '{Field}'.";
        foreach (var task in recipe.Tasks.Select(share => share.Task).DistinctBy(task => task.Name))
        {
            var fields = task.InputFields.Where(field => field.Type.TrimEnd('?') is "text" or "string" or "label").ToList();
            if (!fields.Exists(field => field.Name == Field))
                yield return $"the input of the task '{task.Name}' has no field '{Field}' that is a text or a label"
                    + NearestWord.Choice(Field, fields.Select(field => field.Name));
        }
    }
}
