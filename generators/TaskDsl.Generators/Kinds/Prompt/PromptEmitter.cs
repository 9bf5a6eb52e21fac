using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Definition;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Generators.Scriban;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Prompt;

/// <summary>Writes the C# of a prompt: its templates, compiled.</summary>
public static class PromptEmitter
{
    private const string Buffer = "global::TaskDsl.Prompts.PromptBuffer";

    /// <summary>
    /// The whole file. Where a template is wrong the context gets problems, and the class is written all the same (that template
    /// renders nothing), so that recipes that name the prompt make no second error.
    /// </summary>
    public static string Emit(BoundRecord prompt, TaskModel task, EmitContext context)
    {
        var name = prompt.Text("name")!;
        var className = Names.Pascal(name) + "Prompt";
        var summary = prompt.Text("summary") ?? "";
        var chat = prompt["chat_format"] is { } format ? ValueEmitter.Emit(format, context) : "";
        var demonstrations = prompt["demonstrations"] is { } shown ? ValueEmitter.Emit(shown, context) : "";
        var variables = new TaskVariables(task);
        var languages = Languages(prompt, task, variables, context);

        var writer = CodeWriter.BeginFile(context.RootNamespace);
        // A template may test what never changes, or compare a field with itself.
        if (languages.Exists(l => l.Templates.Any(t => t.Code.Any(line => line.TrimStart().StartsWith("if ", StringComparison.Ordinal)))))
            writer.Line("#pragma warning disable CS0162, CS1718").Line();
        writer.Summary(summary.Length > 0 ? summary : $"The prompt '{name}'.");
        using (writer.Block($"public sealed partial class {className} : global::TaskDsl.Prompts.Prompt"))
        {
            foreach (var (table, words) in variables.Tables)
                writer.Line($"private static readonly string[] {table} = [{string.Join(", ", words.Select(CodeWriter.Literal))}];").Line();
            using (writer.Block($"private {className}()")) { }

            writer.Line();
            writer.Summary("The compiled prompt.");
            writer.Line($"public static {className} Default {{ get; }} = new();");
            Member(writer, $"public override string Name => {CodeWriter.Literal(name)};");
            Member(writer, $"public override string Summary => {CodeWriter.Literal(summary)};");
            Member(writer, $"public override global::TaskDsl.Tasks.DslTask Task => {context.Global(task.ClassName)}.Task;");
            // What the YAML does not give is left to the definition's defaults.
            if (chat.Length > 0)
                Member(writer, $"public override global::TaskDsl.Prompts.ChatFormat ChatFormat {{ get; }} = {chat};");
            if (demonstrations.Length > 0)
                Member(writer, $"public override global::TaskDsl.Prompts.DemonstrationPlan Demonstrations {{ get; }} = {demonstrations};");
            Member(
                writer,
                $"public override string Fingerprint => {CodeWriter.Literal(Fingerprint(task.Name, chat, demonstrations, languages))};"
            );
            Switch(writer, "public override int Phrasings(string language) => language switch", languages, l =>
                l.User.Count.ToString(CultureInfo.InvariantCulture)
            );
            Switch(writer, "protected override bool HasSystem(string language) => language switch", languages, l =>
                l.System is null ? "false" : "true"
            );

            var input = $"{context.Global(task.ClassName)}.Input";
            Render(
                writer,
                "RenderSystem",
                "",
                input,
                languages.Where(l => l.System is not null).Select(l => (Case(l), $"System{l.Suffix}"))
            );
            Render(
                writer,
                "RenderUser",
                ", int phrasing",
                input,
                languages.SelectMany(l => l.User.Select((_, i) => ($"({Case(l)}, {i})", $"User{l.Suffix}{Number(l, i)}")))
            );
            Render(
                writer,
                "RenderAnswerPrefix",
                "",
                input,
                languages.Select(l => (Case(l), l.Assistant.Code is { Count: > 0 } ? $"Assistant{l.Suffix}" : ""))
            );
            foreach (var language in languages)
            {
                if (language.System is { } system)
                    Template(writer, $"System{language.Suffix}", input, system);
                for (var i = 0; i < language.User.Count; i++)
                    Template(writer, $"User{language.Suffix}{Number(language, i)}", input, language.User[i]);
                if (language.Assistant.Code is { Count: > 0 })
                    Template(writer, $"Assistant{language.Suffix}", input, language.Assistant);
            }
        }

        return writer.ToString();
    }

    private static List<PromptLanguageModel> Languages(BoundRecord prompt, TaskModel task, TaskVariables variables, EmitContext context)
    {
        var known = new HashSet<string>(task.Languages);
        var languages = new List<PromptLanguageModel>();
        var suffixes = new HashSet<string>();
        var only = prompt.Text("prompt_language");
        var key = prompt.Properties.FirstOrDefault(p => p.Property.Key == "languages")?.Key.Span ?? prompt.Span;
        // A language that is not the task's, or whose messages are none, may be the one that seems to be missing.
        var written = (prompt["languages"]?.Node as YamlMapping)?.Entries.Select(e => e.Key.Value).ToList() ?? [];
        if (only is not null && !written.Contains(only))
        {
            var choice = NearestWord.Choice(only, written);
            context.Report(Rules.BadPrompt, prompt["prompt_language"]!.Span, $"there are no messages in '{only}'{choice}");
            return languages;
        }

        foreach (var entry in prompt.Entries("languages"))
        {
            var tag = entry.Key.Value;
            if (!known.Contains(tag))
            {
                context.Report(
                    Rules.BadPrompt,
                    entry.Key.Span,
                    $"the task '{task.Name}' is not given in the language '{tag}'{NearestWord.Choice(tag, task.Languages)}"
                );
                continue;
            }

            if (only is not null && tag != only)
            {
                context.Report(Rules.BadPrompt, entry.Key.Span, $"these messages are never shown: 'prompt_language' is '{only}'");
                continue;
            }

            var messages = (BoundRecord)entry.Value;
            // A template that is there and wrong has its own problem; so have, below, messages in a language.
            if (messages["user"]?.Node is not YamlSequence { Items.Count: > 0 })
                context.Report(Rules.BadPrompt, messages["user"]?.Span ?? entry.Key.Span, "'user' needs at least one template");
            var before = context.Problems.Count;
            // Around data of each language the same templates, with that language's names of labels: what is wrong in one is in all.
            foreach (var own in only is null ? (string[])[tag] : [.. task.Languages])
                if (context.Problems.Count == before)
                    languages.Add(Compile(messages, own, Suffix(own), variables, context));
            // What cannot be compiled, or is no template, may have been meant to show it.
            if (context.Problems.Count == before)
                foreach (
                    var (user, compiled) in messages.Items("user").OfType<BoundScalar>().Zip(languages[^1].User, (user, own) => (user, own))
                )
                    ShownInput.Check(user, [.. compiled.Named, .. languages[^1].Around.SelectMany(t => t.Named)], task, context);
        }

        foreach (var missing in only is null && context.IsSound && written.All(known.Contains) ? task.Languages.Except(written) : [])
            context.Report(Rules.BadPrompt, key, $"there are no messages in '{missing}', a language of the task '{task.Name}'");
        return languages;

        string Suffix(string tag)
        {
            var suffix = Names.Pascal(tag) ?? "Language";
            while (!suffixes.Add(suffix))
                suffix += "_";
            return suffix;
        }
    }

    private static PromptLanguageModel Compile(
        BoundRecord messages,
        string tag,
        string suffix,
        TaskVariables variables,
        EmitContext context
    ) =>
        new(
            tag,
            suffix,
            messages["system"] is BoundScalar system ? Compile(system, tag, variables, context) : null,
            [.. messages.Items("user").OfType<BoundScalar>().Select(user => Compile(user, tag, variables, context))],
            messages["assistant"] is BoundScalar assistant
                ? Compile(assistant, tag, variables, context, isAnswer: true)
                : new CompiledTemplate("", [], [])
        );

    private static CompiledTemplate Compile(
        BoundScalar template,
        string language,
        TaskVariables variables,
        EmitContext context,
        bool isAnswer = false
    )
    {
        var scope = variables.Scope(language, context.Global);
        var compiler = new TemplateCompiler(new TemplateText(template.Scalar), scope, context.Path, context.Problems.Add);
        return new CompiledTemplate(template.Scalar.Value, compiler.Compile(isAnswer) ?? [], scope.Named);
    }

    private static void Member(CodeWriter writer, string line) => writer.Line().Line("/// <inheritdoc/>").Line(line);

    private static void Switch(CodeWriter writer, string head, List<PromptLanguageModel> languages, Func<PromptLanguageModel, string> value)
    {
        writer.Line().Line("/// <inheritdoc/>");
        using (writer.Block(head, "};"))
        {
            foreach (var language in languages)
                writer.Line($"{Case(language)} => {value(language)},");
            writer.Line("_ => throw UnknownLanguage(language),");
        }
    }

    private static void Render(
        CodeWriter writer,
        string method,
        string parameter,
        string input,
        IEnumerable<(string Case, string Method)> methods
    )
    {
        var cases = methods.ToList();
        if (cases.Count == 0)
        {
            var unknown = parameter.Length == 0 ? "UnknownLanguage(language)" : "UnknownPhrasing(language, phrasing)";
            Member(
                writer,
                $"protected override void {method}({Buffer} buffer, object input, string language{parameter}) => throw {unknown};"
            );
            return;
        }

        writer.Line().Line("/// <inheritdoc/>");
        using (writer.Block($"protected override void {method}({Buffer} buffer, object input, string language{parameter})"))
        {
            using (writer.Block(parameter.Length == 0 ? "switch (language)" : "switch (language, phrasing)"))
            {
                foreach (var (test, compiled) in cases)
                    writer.Line(compiled.Length == 0 ? $"case {test}: break;" : $"case {test}: {compiled}(buffer, ({input})input); break;");
                writer.Line(
                    parameter.Length == 0
                        ? "default: throw UnknownLanguage(language);"
                        : "default: throw UnknownPhrasing(language, phrasing);"
                );
            }
        }
    }

    private static void Template(CodeWriter writer, string method, string input, CompiledTemplate template)
    {
        writer.Line();
        using (writer.Block($"private static void {method}({Buffer} buffer, {input} input)"))
        {
            foreach (var line in template.Code)
                writer.Line(line);
        }
    }

    private static string Case(PromptLanguageModel language) => CodeWriter.Literal(language.Tag);

    private static string Number(PromptLanguageModel language, int index) => language.User.Count > 1 ? $"{index + 1}" : "";

    private static string Fingerprint(string task, string chat, string demonstrations, List<PromptLanguageModel> languages)
    {
        var text = new StringBuilder($"{task}\0{chat}\0{demonstrations}");
        foreach (var language in languages)
        {
            text.Append('\0')
                .Append(language.Tag)
                .Append('\0')
                .Append(language.System?.Text ?? "\u0001")
                .Append('\0')
                .Append(language.Assistant.Text);
            foreach (var user in language.User)
                text.Append('\0').Append(user.Text);
        }

        using var sha = SHA256.Create();
        return string.Concat(
            sha.ComputeHash(Encoding.UTF8.GetBytes(text.ToString())).Take(16).Select(b => b.ToString("x2", CultureInfo.InvariantCulture))
        );
    }

    private sealed record CompiledTemplate(string Text, IReadOnlyList<string> Code, ICollection<string> Named);

    private sealed record PromptLanguageModel(
        string Tag,
        string Suffix,
        CompiledTemplate? System,
        IReadOnlyList<CompiledTemplate> User,
        CompiledTemplate Assistant
    )
    {
        public IEnumerable<CompiledTemplate> Around => System is null ? [Assistant] : [Assistant, System];

        public IEnumerable<CompiledTemplate> Templates => Around.Concat(User);
    }
}
