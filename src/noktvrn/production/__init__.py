"""The durable pipeline: a brief goes in, a sealed and delivered release comes out, whatever happens between.

The only room that imports the workflow engine. It knows the order of the stages and nothing of how one is
done; it never writes a verdict.
"""
