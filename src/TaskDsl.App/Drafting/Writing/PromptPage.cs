namespace TaskDsl.App.Drafting.Writing;

/// <summary>A draft's prompt as YAML.</summary>
internal static class PromptPage
{
    // More would stand before every question and say little.
    private const int MostListed = 30;

    /// <summary>The file.</summary>
    /// <inheritdoc cref="TaskPage.Of"/>
    public static string Of(Draft draft, string schema)
    {
        var page = new YamlPage(schema, "prompt").Line(0, $"prompt: {draft.Name}");
        page.Line(0, "summary: Shows the input, and names what is asked.");
        page.Line(0, $"task: {draft.Name}").Line(0, "languages:").Line(2, $"{draft.Language}:");
        if (draft.Guess.Instruction is { } said && !draft.Output.HasHead)
            page.Comment(4, "The same in every record, so that it is the prompt's.")
                .Line(4, $"system: {YamlWord.Of(said.Trim().ReplaceLineEndings(" ").Replace("{{", "{ {", StringComparison.Ordinal))}");
        page.Comment(
            4,
            "Say what is asked as a person would, in the language of the data; further phrasings make a model mind the wording less."
        );
        page.Line(4, "user:").Line(6, "- |");
        foreach (var field in draft.Inputs)
        foreach (var line in Shown(field, draft.Inputs.Count == 1))
            page.Line(8, line);
        page.Line(8, Asked(draft));
        return page.ToString();
    }

    private static string Asked(Draft draft)
    {
        var name = draft.Output.Name.Replace('_', ' ');
        var count = draft.Output.Labels.Count;
        return count is > 0 and <= MostListed && !draft.Output.HasHead ? $"{name} ({{{{ labels | array.join \", \" }}}}):" : $"{name}:";
    }

    private static IEnumerable<string> Shown(DraftField field, bool isAlone) => Value(field.Name, field, isAlone ? "" : Named(field));

    private static string Named(DraftField field) => $"{field.Name.Replace('_', ' ')}: ";

    private static IEnumerable<string> Value(string path, DraftField field, string before)
    {
        if (field.Type == "record")
            return field.Fields.SelectMany(inner => Value($"{path}.{inner.Name}", inner, Named(inner)));
        var shown = field.Type switch
        {
            "text" or "string" => $"{{{{ {path} | string.strip }}}}",
            "list<text>" or "list<string>" => $"{{{{ {path} | array.join \"\\n\" }}}}",
            "list<record>" => $"{{{{ {path}.size }}}}",
            _ when field.Type.StartsWith("list<", StringComparison.Ordinal) => $"{{{{ {path} | array.join \", \" }}}}",
            _ => $"{{{{ {path} }}}}",
        };
        return [field.IsOptional ? $"{{{{ if {path} }}}}{before}{shown}{{{{ end }}}}" : before + shown];
    }
}
