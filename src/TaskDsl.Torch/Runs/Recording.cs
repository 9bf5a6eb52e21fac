using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Runs;

/// <summary>The record of a run while it goes on: what changes is written to <c>run.json</c> at once.</summary>
internal sealed class Recording
{
    private readonly RunFolder folder;
    private RunRecord record;

    private Recording(RunFolder folder, RunRecord record) => (this.folder, this.record) = (folder, record);

    /// <summary>Begins the record of a run, or goes on with the one that is there.</summary>
    /// <exception cref="RunException">Something that shapes the training is not what it was.</exception>
    public static Recording Begin(RunFolder folder, RunData data)
    {
        var now = RunRecord.Of(data);
        var recording = new Recording(folder, data.Run.Options.Resume ? Resumption.Of(folder, now, data.Recipe.Best.NeedsAnswers) : now);
        foreach (var warning in recording.record.Warnings ?? [])
            data.Run.Tell(warning);
        recording.Save(RunStatus.Running);
        return recording;
    }

    /// <summary>Writes down what the run has come to; what an earlier end said is over.</summary>
    public void Save(RunStatus status, Func<RunRecord, RunRecord>? change = null)
    {
        record = record with { Status = status, Message = null };
        record = change?.Invoke(record) ?? record;
        record.Write(folder);
    }

    /// <summary>Notes what the user should know; it is written with what comes next.</summary>
    public void Warn(string warning) => record = record.Warn(warning);
}
