using TaskDsl.Data;
using TaskDsl.Data.Files;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Records of the files that a step names.</summary>
internal static class FileRecords
{
    /// <summary>The records, each with its place, read as they are asked for; a record is valid until the next one is.</summary>
    /// <param name="step">The step.</param>
    /// <param name="named">A file or a pattern from the project's folder.</param>
    /// <exception cref="DataException">There is no file or no record, or one cannot be read; the message says which and why.</exception>
    public static IEnumerable<(SourceRecord Record, RecordOrigin Origin)> Read(StepContext step, string named)
    {
        var none = true;
        foreach (var file in SourceFiles.Find(named, step.Options.ProjectDirectory))
        {
            var name = Path.GetRelativePath(step.Options.ProjectDirectory, file);
            using var records = FileSource
                .Of(file)
                .ReadAsync(file, step.CancellationToken)
                .ToBlockingEnumerable(step.CancellationToken)
                .GetEnumerator();
            while (Next(records, name))
            {
                none = false;
                var origin = new RecordOrigin(name, records.Current.Line);
                yield return records.Current.Error is { } error
                    ? throw new DataException($"{origin}: error: {error}")
                    : (records.Current, origin);
            }
        }

        if (none)
            throw new DataException($"{named}: it has no record.");
    }

    private static bool Next(IEnumerator<SourceRecord> records, string name)
    {
        try
        {
            return records.MoveNext();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{name}: cannot be read: {e.Message}", e);
        }
    }
}
