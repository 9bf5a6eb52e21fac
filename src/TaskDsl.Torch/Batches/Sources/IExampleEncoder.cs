namespace TaskDsl.Torch.Batches.Sources;

/// <summary>Says what is learned from an example.</summary>
public interface IExampleEncoder
{
    /// <summary>The sequences of an example.</summary>
    TokenGroup Encode(ExampleTokens example);
}
