using System.Text.RegularExpressions;
using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Scriban;

/// <summary>Plain text of a template that is a template in another language: Jinja's <c>{% if %}</c>, Python's <c>{field}</c>.</summary>
internal static class ForeignSyntax
{
    private static readonly Regex Tag = new(
        @"\{%-?\s*(?<tag>[^%\n]*?)\s*-?%\}|(?<!\{)\{(?<name>\w+)\}(?!\})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    );

    /// <summary>A warning for each, of a plain text that begins at a place of the template.</summary>
    public static IEnumerable<Problem> Of(string plain, int start, TemplateScope scope, TemplateText text, string path)
    {
        foreach (Match match in Tag.Matches(plain))
        {
            var (tag, name) = (match.Groups["tag"], match.Groups["name"].Value);
            if (tag.Success || scope.Has(name) || name == "output")
                yield return new Problem(
                    Rules.ForeignTemplate,
                    path,
                    text.Span(start + match.Index, start + match.Index + match.Length),
                    match.Value,
                    tag.Success ? $"{{{{ {Scriban(tag.Value)} }}}}" : $"{{{{ {name} }}}}"
                );
        }
    }

    private static string Scriban(string jinja) =>
        jinja switch
        {
            "endif" or "endfor" or "endset" or "endmacro" or "endblock" => "end",
            _ when jinja.StartsWith("elif ", StringComparison.Ordinal) => "else if " + jinja.Substring(5),
            _ when jinja.StartsWith("set ", StringComparison.Ordinal) => jinja.Substring(4),
            _ => jinja,
        };
}
