using System.Globalization;
using System.Text;
using TaskDsl.Unicode;

namespace TaskDsl.App.Drafting.Writing;

/// <summary>A text as one word of YAML: bare where it reads as itself, else in double quotes.</summary>
internal static class YamlWord
{
    private static readonly string[] Meant = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

    /// <summary>The word.</summary>
    public static string Of(string text) => IsBare(text) ? text : Quoted(text);

    private static bool IsBare(string text) =>
        text.Length > 0
        && (char.IsLetter(text[0]) || text[0] is '_' or '/' || text.StartsWith("../", StringComparison.Ordinal))
        && text[^1] != ' '
        && text.All(sign => char.IsLetterOrDigit(sign) || sign is '_' or '-' or '.' or '/' or ' ')
        && !text.Any(Visible.IsHidden)
        && !Meant.Contains(text.ToLowerInvariant());

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var sign in text)
            _ = sign switch
            {
                '"' or '\\' => quoted.Append('\\').Append(sign),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(sign) || Visible.IsHidden(sign) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)sign:X4}"),
                _ => quoted.Append(sign),
            };
        return quoted.Append('"').ToString();
    }
}
