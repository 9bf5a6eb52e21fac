using System.Globalization;
using System.Text.RegularExpressions;
using Scriban;
using Scriban.Parsing;

namespace TaskDsl.App.Reports;

/// <summary>Text that is markup already. Everything else that a page prints is escaped.</summary>
/// <param name="Markup">The markup.</param>
internal sealed partial record Html(string Markup)
{
    /// <summary>Text as markup. Characters that turn round or hide what stands behind them are named instead.</summary>
    public static string Escape(string text) =>
        System.Net.WebUtility.HtmlEncode(
            Unseen().Replace(text, c => string.Create(CultureInfo.InvariantCulture, $"[U+{(int)c.Value[0]:X4}]"))
        );

    /// <summary>Control characters but tab and line ends, and the explicit ones of bidirectional text.</summary>
    [GeneratedRegex(@"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\u202A-\u202E\u2066-\u2069]")]
    private static partial Regex Unseen();
}

/// <summary>A template's context that escapes what expressions yield: data cannot become markup by forgetting a filter.</summary>
internal sealed class EscapingContext : TemplateContext
{
    /// <inheritdoc/>
    public override TemplateContext Write(SourceSpan span, object? textAsObject) =>
        textAsObject is Html html ? Write(html.Markup) : Write(Html.Escape(ObjectToString(textAsObject) ?? ""));
}
