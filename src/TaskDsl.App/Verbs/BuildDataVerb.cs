using System.Buffers;
using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskDsl.Data;

namespace TaskDsl.App.Verbs;

/// <summary><c>build-data</c>: builds data sets, accounts for every record, and writes them out where asked.</summary>
internal static class BuildDataVerb
{
    public static Command Create(Session session)
    {
        var tasks = new Argument<string[]>("task") { Description = "The tasks. Default: all.", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<DirectoryInfo?>("--out") { Description = "Write each task's parts here, as JSON Lines." };
        var command = new Verb("build-data", "Build the typed data sets and account for every record.", "", "clause_type --out data.built") { tasks, output };
        command.SetAction((parsed, cancellation) => RunAsync(session, parsed.GetValue(tasks) ?? [], parsed.GetValue(output), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string[] names, DirectoryInfo? output, CancellationToken cancellationToken)
    {
        var table = new Table().RoundedBorder().AddColumns("task", "read", "kept", "train", "validation", "test", "left out");
        var samples = new List<string>();
        foreach (var task in names.Length == 0 ? session.Catalog.Tasks : names.Select(session.Task))
        {
            var data = await Dataset.LoadAsync(task, session.Data, cancellationToken).ConfigureAwait(false);
            var report = data.Report;
            table.AddRow(
                Markup.Escape(task.Name), Number(report.Read), Number(report.Kept), Part(data, SplitName.Train), Part(data, SplitName.Validation), Part(data, SplitName.Test),
                Markup.Escape(string.Join("\n", report.Dropped.Select(d => $"{Number(d.Value)} {d.Key}"))));
            samples.AddRange(report.DroppedSamples);
            if (output is not null) Write(data, output, cancellationToken);
        }

        session.Console.Write(table);
        foreach (var sample in samples) session.Console.MarkupLineInterpolated($"[yellow]left out:[/] {sample}");
        return TaskApp.Success;
    }

    private static string Part(Dataset data, SplitName split)
    {
        var examples = data[split];
        var languages = examples.GroupBy(e => e.Language).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        return languages.Count <= 1 ? Number(examples.Count) : $"{Number(examples.Count)} ({string.Join(", ", languages.Select(g => $"{g.Key} {Number(g.Count())}"))})";
    }

    private static void Write(Dataset data, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        folder.Create();
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var split in Enum.GetValues<SplitName>())
        {
            foreach (var language in data[split].GroupBy(e => e.Language))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var file = File.Create(Path.Combine(folder.FullName, $"{data.Task.Name}.{language.Key}.{split.ToString().ToLowerInvariant()}.jsonl"));
                foreach (var example in language)
                {
                    bytes.ResetWrittenCount();
                    data.Task.WriteExample(bytes, example.InputValue, example.OutputValue);
                    bytes.Write("\n"u8);
                    file.Write(bytes.WrittenSpan);
                }
            }
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
