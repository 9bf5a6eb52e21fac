using System.ComponentModel.DataAnnotations;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Does a step or group several times, each round with what the one before has made. A round is a step of its own, <c>self.2.student</c>,
/// so that one round more runs that round alone. Behind it <c>$self.student</c> is the last round's.
/// </summary>
public sealed record Repeat
{
    /// <summary>How many rounds.</summary>
    [Range(1, 1000)]
    public required int Rounds { get; init; }

    /// <summary>
    /// What is read otherwise from the second round on: by <c>{teacher: student}</c> whatever names <c>$teacher</c> in it reads the
    /// <c>student</c> of the round before. In a list a name that no step has stands for nothing in the first round. Default: nothing.
    /// </summary>
    public IReadOnlyDictionary<string, string> Carry { get; init; } = new Dictionary<string, string>();
}
