namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Room for what a completion may go on with, used again for each: for a free text, these are as many as the vocabulary.</summary>
internal sealed class ContinuationBuffer
{
    public float[] Scores { get; private set; } = [];

    public int[] Places { get; private set; } = [];

    public void Reserve(int count)
    {
        if (count > Scores.Length)
            (Scores, Places) = (new float[count], new int[count]);
    }
}
