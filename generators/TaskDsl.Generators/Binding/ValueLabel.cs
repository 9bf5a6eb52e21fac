using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>What values are called that can be anything: in names of columns and folders.</summary>
internal static class ValueLabel
{
    private const int Longest = 40;

    /// <summary>All that it is: <c>lora(rank=8)</c>.</summary>
    public static string Whole(YamlNode node) =>
        node switch
        {
            YamlScalar scalar => scalar.Value,
            YamlSequence sequence => string.Join("+", sequence.Items.Select(Whole)),
            YamlMapping { Entries: [var only] } when only.Value is not YamlScalar => $"{only.Key.Value}({Whole(only.Value)})",
            YamlMapping mapping => string.Join("+", mapping.Entries.Select(entry => $"{entry.Key.Value}={Whole(entry.Value)}")),
            _ => "",
        };

    /// <summary>Names of several values, each another, fit for a path.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<YamlNode> values)
    {
        var labels = new List<string>();
        foreach (var value in values)
        {
            var label = new string([.. Whole(value).Select(c => char.IsLetterOrDigit(c) || "_-+.()=".IndexOf(c) >= 0 ? c : '_')]);
            if (label.Length is 0 or > Longest)
                label = label.Length == 0 ? "none" : label.Substring(0, Longest);
            var same = labels.Count(l => l == label || l.StartsWith(label + "~", StringComparison.Ordinal));
            labels.Add(same == 0 ? label : $"{label}~{same + 1}");
        }

        return labels;
    }
}
