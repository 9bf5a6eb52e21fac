using System.Collections.Concurrent;
using Scriban;
using Scriban.Runtime;

namespace TaskDsl.App.Reports;

/// <summary>The pages' templates, which lie in this assembly. Each page is one self-contained file: its style is in it.</summary>
internal static class PageTemplate
{
    private static readonly ConcurrentDictionary<string, Template> Templates = new();

    /// <summary>Prints what a page shows.</summary>
    /// <param name="name">The template: <c>report.html</c>.</param>
    /// <param name="page">A record; the template reads its properties in snake_case.</param>
    public static string Render(string name, object page)
    {
        var globals = new ScriptObject();
        globals.Import(page);
        globals["style"] = new Html(Read("page.css"));
        var context = new EscapingContext { LoopLimit = 0, LimitToString = 0 };
        context.PushGlobal(globals);
        return Templates.GetOrAdd(name, Parse).Render(context);
    }

    private static Template Parse(string name)
    {
        var template = Template.Parse(Read(name), name);
        return template.HasErrors ? throw new InvalidOperationException(string.Join('\n', template.Messages)) : template;
    }

    private static string Read(string name)
    {
        using var stream = typeof(PageTemplate).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
