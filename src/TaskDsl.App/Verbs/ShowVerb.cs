using System.CommandLine;
using System.Text;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.HuggingFace.ChatFormats;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>show</c>: a task, a prompt or a recipe as the model will see it, with what carries the loss made visible.</summary>
internal static class ShowVerb
{
    public static Command Create(Session session)
    {
        var what = new Argument<string[]>("what")
        {
            Description = "A name, with task, prompt or recipe before it where only that is meant.",
            Arity = new ArgumentArity(1, 2),
        };
        var count = new CountOption("--count") { Description = "How many examples to show. Default: 2." };
        var model = new Option<string?>("--model") { Description = "A model's folder: its tokenizer counts the tokens." };
        var command = new Verb(
            "show",
            "Show a task, a rendered prompt with its loss mask, or a recipe in full.",
            "{recipe}",
            "task {task}",
            "prompt {prompt} --count 5 --model {model}"
        )
        {
            what,
            count,
            model,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var (examples, folder) = (parsed.GetValue(count) ?? 2, Folder(session, parsed.GetValue(model)));
                foreach (var shown in Find(session, parsed.GetValue(what)!))
                {
                    switch (shown)
                    {
                        case DslTask task:
                            ShowTask(session, task);
                            break;
                        case Prompt prompt:
                            await ShowPromptAsync(session, prompt, examples, folder, null, cancellation).ConfigureAwait(false);
                            break;
                        case Recipe recipe:
                            await ShowRecipeAsync(session, recipe, examples, folder, cancellation).ConfigureAwait(false);
                            break;
                    }
                }

                return ExitCode.Success;
            }
        );
        return command;
    }

    /// <summary>What is meant: of one kind, or everything that has the name.</summary>
    private static object[] Find(Session session, string[] what) =>
        what switch
        {
            ["task", var name] => [session.Task(name)],
            ["prompt", var name] => [session.Prompt(name)],
            ["recipe", var name] => [session.Recipe(name)],
            [var kind, _] => throw new UserException($"'{kind}' is not a kind; expected task, prompt or recipe."),
            [var name] => session.Named(name),
            _ => [],
        };

    private static string? Folder(Session session, string? model) =>
        model is null ? null : Path.GetFullPath(model, session.Catalog.ProjectDirectory);

    private static void ShowTask(Session session, DslTask task)
    {
        session.Console.MarkupLineInterpolated($"[bold]{task.Name}[/]  {task.Summary}");
        var (languages, metrics) = (
            string.Join(", ", task.Languages),
            string.Join(", ", task.Metrics.Select(m => Words.WordOf(m.GetType())))
        );
        session.Console.MarkupLineInterpolated($"languages {languages}, format {Words.WordOf(task.Format.GetType())}, metrics {metrics}");
        var table = new Table().RoundedBorder().AddColumns("", "field", "type", "labels", "summary");
        foreach (var (side, field) in task.InputFields.Select(f => ("in", f)).Concat(task.OutputFields.Select(f => ("out", f))))
            table.AddRow(
                side,
                Markup.Escape(field.Name),
                Markup.Escape(field.Type),
                Markup.Escape(string.Join(", ", field.Labels)),
                Markup.Escape(field.Summary)
            );
        session.Console.Write(table);
        foreach (var source in task.Examples)
            session.Console.MarkupLineInterpolated($"examples: {source.Title}");
    }

    private static async Task ShowRecipeAsync(Session session, Recipe recipe, int count, string? model, CancellationToken cancellationToken)
    {
        session.Console.MarkupLineInterpolated($"[bold]{recipe.Name}[/]  {recipe.Summary}");
        session.Console.WriteLine(DefinitionJson.Write(recipe)!.ToJsonString(DefinitionJson.Options));
        model ??= recipe.Model is StoredModel stored
            ? Path.GetFullPath(stored.FindFolder(), recipe.ProjectDirectory ?? session.Catalog.ProjectDirectory)
            : null;
        foreach (var share in recipe.Tasks)
            await ShowPromptAsync(session, share.Prompt, count, model, recipe.Model.ChatFormat, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ShowPromptAsync(
        Session session,
        Prompt prompt,
        int count,
        string? model,
        ChatFormat? chat,
        CancellationToken cancellationToken
    )
    {
        var tokenizer = model is not null && Directory.Exists(model) ? Tokenizer.Load(model) : null;
        chat ??= prompt.ChatFormat;
        if (chat is ModelFormat own && tokenizer is not null)
            chat = own.Of(ChatTemplate.Load(model!), tokenizer.SpecialTokens);
        var data = await DatasetBuilder.LoadAsync(prompt.Task, session.Data(prompt.Task), cancellationToken).ConfigureAwait(false);
        using var buffer = new PromptBuffer();
        foreach (var language in prompt.Task.Languages)
        {
            var examples = data[SplitName.Train].Where(e => e.Language == language).Take(count + prompt.Demonstrations.Count).ToList();
            foreach (var (example, number) in examples.Skip(prompt.Demonstrations.Count).Select((e, i) => (e, i)))
            {
                buffer.Clear();
                var phrasing = number % prompt.Phrasings(language);
                prompt.Render(
                    buffer,
                    example.InputValue,
                    example.OutputValue,
                    language,
                    phrasing,
                    examples.Take(prompt.Demonstrations.Count).ToArray(),
                    chat
                );
                var tokens = tokenizer?.Encode(buffer);
                var counted = tokens is null ? "" : $", {tokens.Ids.Length} tokens, {tokens.CompletionLength} of them in the loss";
                session.Console.Write(
                    new Rule(
                        $"[bold]{Markup.Escape(prompt.Name)}[/] {language}, phrasing {phrasing + 1} of "
                            + $"{prompt.Phrasings(language)}, {Markup.Escape(example.Origin.ToString())}{counted}"
                    )
                    {
                        Justification = Justify.Left,
                    }
                );
                session.Console.MarkupLine(Mask(buffer));
            }
        }

        session.Console.MarkupLine("[grey]«…» carries the loss; ‹…› is the layout's; ⏹ ends the text.[/]");
    }

    /// <summary>
    /// The text with what carries the loss in «» and green, and the layout's own text in ‹› and blue: visible without colours, too.
    /// </summary>
    private static string Mask(PromptBuffer buffer)
    {
        var marked = new StringBuilder();
        foreach (var segment in buffer.Segments)
        {
            var text = Markup.Escape(Encoding.UTF8.GetString(buffer.Utf8.Slice(segment.Start, segment.Length)));
            var answer = segment.Kind.HasFlag(SegmentKind.Answer);
            if (segment.Kind.HasFlag(SegmentKind.EndOfText))
                text = "⏹";
            if (segment.Kind.HasFlag(SegmentKind.Control))
                text = $"[blue]‹{text}›[/]";
            if (text.Length > 0)
                marked.Append(answer ? $"[green]«{text}»[/]" : text);
        }

        return marked.ToString();
    }
}
