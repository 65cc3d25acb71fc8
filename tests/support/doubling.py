"""One call with each HTTP library."""

import asyncio

import aiohttp
import httpx
import httpx2
import requests


def by_httpx(method, url, **more):
    answer = httpx.request(method, url, **more)
    return answer.status_code, answer.content


def by_httpx_async(method, url, **more):
    async def ask():
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, url, **more)
            return answer.status_code, answer.content

    return asyncio.run(ask())


def by_httpx2(method, url, **more):
    answer = httpx2.request(method, url, **more)
    return answer.status_code, answer.content


def by_httpx2_async(method, url, **more):
    async def ask():
        async with httpx2.AsyncClient() as client:
            answer = await client.request(method, url, **more)
            return answer.status_code, answer.content

    return asyncio.run(ask())


def by_requests(method, url, **more):
    answer = requests.request(method, url, timeout=30, **more)
    return answer.status_code, answer.content


def by_aiohttp(method, url, **more):
    async def ask():
        async with aiohttp.request(method, url, **more) as answer:
            return answer.status, await answer.read()

    return asyncio.run(ask())


LIBRARIES = (by_httpx, by_httpx_async, by_httpx2, by_httpx2_async, by_requests, by_aiohttp)
