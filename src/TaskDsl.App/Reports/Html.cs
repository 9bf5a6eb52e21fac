using Scriban;
using Scriban.Parsing;

namespace TaskDsl.App.Reports;

/// <summary>Text that is markup already. Everything else that a page prints is escaped.</summary>
/// <param name="Markup">The markup.</param>
internal sealed record Html(string Markup)
{
    /// <summary>Text as markup.</summary>
    public static string Escape(string text) => System.Net.WebUtility.HtmlEncode(text);
}

/// <summary>A template's context that escapes what expressions yield: data cannot become markup by forgetting a filter.</summary>
internal sealed class EscapingContext : TemplateContext
{
    /// <inheritdoc/>
    public override TemplateContext Write(SourceSpan span, object? textAsObject) => textAsObject is Html html
        ? Write(html.Markup)
        : Write(Html.Escape(ObjectToString(textAsObject) ?? ""));
}
