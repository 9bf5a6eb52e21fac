using System.Security.Cryptography;
using System.Text;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>A hash of what shapes the text of a task's examples: fields, types, labels and how they are written, no summaries.</summary>
internal static class TaskFingerprint
{
    /// <summary>Sixteen hexadecimal digits.</summary>
    public static string Of(TaskModel model)
    {
        var text = new StringBuilder();
        Add(text, model.Name, model.Format.Name);
        Add(text, [.. model.Languages]);
        Add(text, model.Input);
        Add(text, model.Output);
        using var sha = SHA256.Create();
        return string.Concat(
            sha.ComputeHash(Encoding.UTF8.GetBytes(text.ToString()))
                .Take(8)
                .Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))
        );
    }

    private static void Add(StringBuilder text, EquatableArray<FieldModel> fields)
    {
        foreach (var field in fields)
        {
            Add(text, field.Name, field.Type.Written, field.Of ?? "");
            foreach (var label in field.Labels)
                Add(text, [label.Key, .. label.Surfaces]);
            Add(text, field.Fields);
        }

        text.Append('\u0002');
    }

    // Signs that no YAML text holds keep neighbours apart.
    private static void Add(StringBuilder text, params string[] parts) => text.Append(string.Join("\u0001", parts)).Append('\u0002');
}
