using TaskDsl.Torch.Batches;

namespace TaskDsl.Torch.Tests.Batching;

internal static class Sequences
{
    /// <summary>A sequence whose first token is <paramref name="id"/> and whose last third is the answer.</summary>
    public static TokenSequence Of(int id, int length, int answer = -1)
    {
        var ids = new int[length];
        for (var i = 0; i < length; i++)
            ids[i] = id + i * 7919 % 97;
        ids[0] = id;
        var from = length - (answer < 0 ? Math.Max(1, length / 3) : answer);
        return new TokenSequence(ids, [.. Enumerable.Range(0, length).Select(i => i >= from)], new("test", id));
    }
}

/// <summary>Sequences of given lengths. The repetition stands in the second token.</summary>
internal sealed class FakeSource(string name, double weight, params int[] lengths) : TokenSource
{
    public override string Name => name;

    public override int Count => lengths.Length;

    public override double Weight => weight;

    public override TokenGroup Encode(int index, int repetition)
    {
        var sequence = Sequences.Of(1000 + index, lengths[index]);
        if (sequence.Length > 1)
            sequence.Ids[1] = repetition;
        return new(sequence);
    }
}
