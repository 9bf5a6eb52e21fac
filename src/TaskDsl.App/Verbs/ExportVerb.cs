using System.CommandLine;
using TaskDsl.App.Reports;
using TaskDsl.App.Sessions;
using TaskDsl.Prompts;
using TaskDsl.Torch.Exporting.Writing;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>export</c>: carries a model away, in a format of others.</summary>
internal static class ExportVerb
{
    public static Command Create(Session session)
    {
        var model = new Argument<string>("model")
        {
            Description = "The folder of a model, an adapter or a run (its best is taken), or a run's name.",
        };
        var to = new Option<string>("--to")
        {
            Description = $"The format: {string.Join(", ", Formats(session).Select(format => format.Word))}.",
            Required = true,
        };
        var output = new Option<string>("--out")
        {
            Description = "The folder of what is written; it must be empty or not there.",
            Required = true,
        };
        var set = new Option<string[]>("--set") { Description = "A property of the format, as type=q8_0. May be given several times." };
        var command = new Verb(
            "export",
            "Write a model in a format of others. What was written is read back and held to the model; what the format cannot say is "
                + "refused.",
            "{recipe} --to gguf --out models/carried",
            "{recipe} --to gguf --set type=q8_0 --out models/small",
            "{recipe} --to huggingface --out models/whole"
        )
        {
            model,
            to,
            output,
            set,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(
                    () =>
                        Run(
                            session,
                            parsed.GetValue(model)!,
                            Format(session, parsed.GetValue(to)!, parsed.GetValue(set) ?? []),
                            Path.GetFullPath(parsed.GetValue(output)!),
                            cancellation
                        ),
                    CancellationToken.None
                )
        );
        return command;
    }

    private static int Run(Session session, string named, ExportFormat format, string output, CancellationToken cancellationToken)
    {
        var folder = ModelFolder.Find(session, named);
        ModelFolder.RefuseTaken(output);
        var name = Name(session, named, folder);
        var notices = new List<string>();
        using var model = ExportedModel.Open(folder, name, format, opened =>
            Describe(session, named, name, opened, format.IsOfAdapter, notices)
        );
        session.Note([.. model.Notices, .. notices]);
        var outcome = NewFolder.Write(output, beside => format.Write(model, beside, cancellationToken));
        foreach (var line in outcome.Measured)
            session.WriteLine(line);
        session.Note(outcome.Notices);
        session.WriteLine(output);
        return ExitCode.Success;
    }

    /// <summary>How messages are laid out for a model, and its card.</summary>
    private static (ChatFormat? Layout, string Card) Describe(
        Session session,
        string named,
        string name,
        LoadedModel model,
        bool isOfAdapter,
        List<string> notices
    )
    {
        var prompts = ModelFolder.Prompts(session, named) ?? [];
        ChatFormat[] layouts = model.Model is Decoder ? [.. prompts.Select(model.LayoutOf).Distinct()] : [];
        if (layouts.Length > 1)
            notices.Add(
                "the run's prompts are laid out by different chat formats: the model's file can have one template, and gets none. "
                    + "Lay out each request as its prompt does."
            );
        var layout = layouts switch
        {
            [var only] => only,
            [_, ..] => null,
            _ => model.ChatFormat,
        };
        return (layout, ModelCard.Of(name, model, ModelFolder.Run(session, named), prompts, isOfAdapter ? "peft" : "transformers"));
    }

    /// <summary>What the exported model is called: as its run, or as its folder.</summary>
    private static string Name(Session session, string named, string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(ModelFolder.Run(session, named)?.Path ?? folder));

    private static ExportFormat Format(Session session, string word, string[] settings)
    {
        var formats = Formats(session).ToList();
        var type = formats.Find(format => format.Word == word).Type
            ?? throw new UserException($"there is no format '{word}'{NearestWord.Choice(word, formats.Select(format => format.Word))}");
        // As an object: a setting is one of this format, never another format.
        return (ExportFormat)new Override(Words.Of(session.Catalog.Assembly), session.Catalog).Apply(Words.Default(type), settings);
    }

    private static IEnumerable<(string Word, Type Type)> Formats(Session session) =>
        Words.Of(session.Catalog.Assembly).Choices(typeof(ExportFormat));
}
