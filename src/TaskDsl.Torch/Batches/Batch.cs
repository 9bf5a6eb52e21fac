using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Batches;

/// <summary>How examples become rows.</summary>
public sealed record Batch
{
    /// <summary>Rows per step and accumulation.</summary>
    [Range(1, 65536), AlsoCalled("batch_size", "per_device_train_batch_size", "train_batch_size", "micro_batch_size")]
    public int Rows { get; init; } = 8;

    /// <summary>Tokens per row.</summary>
    [Range(8, 1048576), AlsoCalled("max_seq_length", "max_length", "model_max_length", "cutoff_len")]
    public int SequenceLength { get; init; } = 256;

    /// <summary>How many batches one step gathers gradients over; the loss is averaged over all their answer tokens.</summary>
    [Range(1, 65536), AlsoCalled("gradient_accumulation_steps")]
    public int Accumulation { get; init; } = 1;

    /// <summary>Whether several examples share a row; neither attention nor positions cross between them.</summary>
    public bool Packing { get; init; } = true;

    /// <summary>What happens to an example that is longer than a row.</summary>
    [AlsoCalled("truncation")]
    public Overlong Overlong { get; init; } = Overlong.Fail;
}
